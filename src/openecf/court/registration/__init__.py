"""Requests of people to file at this court, and the desk that decides them."""
