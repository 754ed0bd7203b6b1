"""Does an earlier search help a new one, and what does it cost where it misleads?"""
