"""Who may see and do what: roles, rights, their reach, and the duties that one person must not combine."""
