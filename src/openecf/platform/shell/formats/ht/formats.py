"""Haitian Creole, as it is written in the United States."""

from openecf.platform.shell.formats import DATE_INPUT, TIME_INPUT

DATE_FORMAT = "j F Y"
TIME_FORMAT = "g:i A"
DATETIME_FORMAT = "j F Y, g:i A"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "m/d/Y"
SHORT_DATETIME_FORMAT = "m/d/Y g:i A"
FIRST_DAY_OF_WEEK = 0
DATE_INPUT_FORMATS = DATE_INPUT
TIME_INPUT_FORMATS = TIME_INPUT
DATETIME_INPUT_FORMATS = [f"{day} {time}" for day in DATE_INPUT for time in TIME_INPUT]
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
