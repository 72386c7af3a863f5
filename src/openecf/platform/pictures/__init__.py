"""Pictures that people upload: drawn anew, so that nothing of the sent file but what can be seen is kept."""
