"""``parley doctor``: looks at what a server needs, part by part, and says of each whether it is well and how to mend it."""
