"""The court's own login, as it was before NextGen: this room falls silent in the hour in which the court goes live."""
