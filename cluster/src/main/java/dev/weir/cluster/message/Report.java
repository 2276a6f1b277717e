package dev.weir.cluster.message;

import java.util.Map;

/**
 * A message of a host to the coordinator.
 *
 * @param incarnation differs after each start of the host
 * @param sequence rises with each report of an incarnation
 * @param term the term that the host follows; 0 if it may follow none yet
 * @param epoch rises when the host begins to follow another term
 * @param received the highest number of an offer of this term that the host has received; 0 for none
 * @param lease the number of the offer whose lease the host has; 0 for none of this term
 * @param weight the weight of the host
 * @param groups the groups by name
 */
public record Report(
        long incarnation,
        long sequence,
        long term,
        long epoch,
        long received,
        long lease,
        int weight,
        Map<String, GroupReport> groups) {}
