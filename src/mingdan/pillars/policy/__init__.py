"""Rules and notices with their adoption and receipts, and what people may ask about their own data."""
