"""PostgreSQL as Django's backend speaks to it, with what a busy site saves on: checks of connections, planning."""
