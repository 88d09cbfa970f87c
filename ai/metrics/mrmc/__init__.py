"""Multi-reader multi-case studies: is one way of reading better, for readers and cases like these.

All begin with a kernel: how each negative case stands against each positive one, for every test and reader. Its mean is
the figure of merit (the ROC area, or the weighted AFROC area: `ai.metrics.detection.curves.wafroc_kernel`). Studies are
small: tables are taken from either array library and computed on the host.
"""
