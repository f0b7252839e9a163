"""What the company does, one app for each part; each knows only those below it."""
