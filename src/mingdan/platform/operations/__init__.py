"""The pages from which the application is kept running: jobs, and events that could not be delivered."""
