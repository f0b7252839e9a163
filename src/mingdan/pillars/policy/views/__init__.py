"""The pages about rules, receipts and one's own data."""
