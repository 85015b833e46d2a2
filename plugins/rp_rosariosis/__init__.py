"""RosarioSIS 12 through its REST_API plugin: an MIS that anyone can run."""
