"""Which answers of a model are better than which, and is it for a reason that holds?"""
