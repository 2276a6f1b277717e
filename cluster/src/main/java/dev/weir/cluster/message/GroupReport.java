package dev.weir.cluster.message;

/**
 * The part of a report for one group.
 *
 * @param terms the limits for all hosts together as the host knows them
 * @param has the share of the host when it sent the report
 * @param used the rate that its drives used in the last second
 * @param wants the rate that the host can use
 * @param minimum the least rate that its drives need
 */
public record GroupReport(GroupTerms terms, Rates has, Rates used, Rates wants, Rates minimum) {}
