"""Which conversation does a model learn from a clip?"""
