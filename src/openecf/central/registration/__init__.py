"""Registering to file at a court: the request, its way to the court and back."""
