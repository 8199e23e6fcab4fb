package io.github.secretsvc;

import java.util.List;

/** The difference between a stored access list and the new one. */
public record ListChange(String list, List<String> added, List<String> removed) {}
