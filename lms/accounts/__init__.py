"""Who gets in: accounts, sessions, roles with their dates, and the go-live gate."""
