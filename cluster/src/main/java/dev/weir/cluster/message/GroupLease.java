package dev.weir.cluster.message;

/**
 * The part of a lease for one group.
 *
 * @param terms the limits for all hosts together that the coordinator uses
 * @param share the share of the host
 */
public record GroupLease(GroupTerms terms, Rates share) {}
