"""Users, employees, teams and who reports to whom, each with its history; the working calendar."""
