"""Work in the background: started, scheduled, watched, retried, cancelled; django-tasks carries it."""
