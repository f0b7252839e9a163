"""`/events`: what happens, told to whoever is signed in and may know it, while it happens."""
