"""How dates and numbers are written in each language (setting ``FORMAT_MODULE_PATH``).

The country is the United States in all of them: months before days where figures stand alone, a point before cents,
and twelve hours. Django's own Spanish would read 03/04/2026 as the third of April, and print $1.50 as $1,50.
"""

DATE_INPUT = ["%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y"]
TIME_INPUT = ["%H:%M", "%H:%M:%S", "%I:%M %p"]
