"""theratwin: a theranostic digital twin."""
