"""The pages on people, teams, the calendar and accounts."""
