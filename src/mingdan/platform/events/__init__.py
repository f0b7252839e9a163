"""What happened, told to other parts after commit: a durable outbox, delivered at least once."""
