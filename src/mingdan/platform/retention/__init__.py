"""Which personal data is kept for what and how long, what may not be erased now, and the erasing."""
