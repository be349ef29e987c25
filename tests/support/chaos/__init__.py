"""A small installation that is really used while its processes are killed, and what must hold then.

`processes` are forked by `nursery`, `house` is the installation, `trainee` uses it over HTTP and
keeps a `ledger` of what it was told, `inspection` compares that with database and disk, `campaign`
kills, and `report` is the table at the end.
"""
