"""What both kinds of site stand on. Knows neither central nor court."""
