package dev.weir.config.saved;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.weir.drive.definition.Definition.Kind;
import org.junit.jupiter.api.Test;

class DefinitionKeyTest {
    private final DefinitionKey drive = new DefinitionKey(Kind.DRIVE, "a");

    @Test
    void keysOfTheSameKindAndNameAreEqual() {
        DefinitionKey same = new DefinitionKey(Kind.DRIVE, new String("a".toCharArray()));
        assertEquals(drive, same);
        assertEquals(drive.hashCode(), same.hashCode());
    }

    @Test
    void keysDifferByKindAndByName() {
        assertNotEquals(drive, new DefinitionKey(Kind.GROUP, "a"));
        assertNotEquals(drive, new DefinitionKey(Kind.DRIVE, "b"));
    }
}
