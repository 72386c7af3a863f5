"""Taking over a whole court: an export of its old system becomes this court's record, checked before it counts."""
