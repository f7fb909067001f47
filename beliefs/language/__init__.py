"""What can be said: the language of beliefs as frozen values, its parser and printer; knows no solver."""
