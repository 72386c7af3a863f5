"""Values both kinds of site share. Nothing here knows Django, a database, a clock or a request."""
