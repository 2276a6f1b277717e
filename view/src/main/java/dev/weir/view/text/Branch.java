package dev.weir.view.text;

/**
 * The place of a row in a tree, drawn as {@code lsblk} does: {@code ├─} and {@code └─} before its name.
 *
 * @param text the branch before its name; empty for a root
 * @param below the text before the branches of its children
 */
public record Branch(String text, String below) {
    /** The place of a row without a parent. */
    public static final Branch ROOT = new Branch("", "");

    /** Returns the place of a child. The last child of a row ends its line. */
    public Branch child(boolean isLast) {
        return new Branch(below + (isLast ? "└─" : "├─"), below + (isLast ? "  " : "│ "));
    }

    /** Returns whether it is a row without a parent. */
    public boolean isRoot() {
        return text.isEmpty();
    }
}
