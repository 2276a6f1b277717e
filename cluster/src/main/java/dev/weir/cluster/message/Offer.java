package dev.weir.cluster.message;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message of a coordinator to a host: an invitation to follow, an answer to a report or the end of the term.
 *
 * @param term the term of the coordinator; other coordinators may use the same number
 * @param number rises with each offer of the term to this host; from 1
 * @param established whether a majority of the configured hosts follows the term
 * @param resigned whether the term has ended and its followers are free
 * @param incarnation the incarnation of the receiving host; 0 if the coordinator does not know it
 * @param answers the sequence of the report from which the lease counts; 0 without a lease
 * @param lease the shares by group; null for no lease
 */
public record Offer(
        long term,
        long number,
        boolean established,
        boolean resigned,
        long incarnation,
        long answers,
        @Nullable Map<String, GroupLease> lease) {}
