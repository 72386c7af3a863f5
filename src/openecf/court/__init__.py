"""A court's site. The rooms ask the bench what differs between kinds of court; they never ask which kind it is."""
