"""Pages, the one place that knows every part of the application."""
