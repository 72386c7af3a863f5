"""Tags of the page shell."""
