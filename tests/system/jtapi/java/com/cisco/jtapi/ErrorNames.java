package com.cisco.jtapi;

import com.cisco.jtapi.extensions.CiscoJtapiException;

import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The names of the numbers in CiscoJtapiException. */
final class ErrorNames {
    private static final Map<Integer, String> NAMES = names();

    private ErrorNames() {}

    static String name(int code) {
        return NAMES.getOrDefault(code, "UNKNOWN");
    }

    static String description(int code) {
        return name(code).replace('_', ' ').toLowerCase(Locale.ROOT);
    }

    private static Map<Integer, String> names() {
        Map<Integer, String> names = new HashMap<>();
        try {
            for (Field field : CiscoJtapiException.class.getFields()) {
                names.put(field.getInt(null), field.getName());
            }
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
        return names;
    }
}
