-- What cstagw can keep in PostgreSQL 14 or later: the directory, and the devices that users have chosen. Each
-- half stands for itself. To be run by the owner of the database, as often as wanted:
--
--     psql --set ON_ERROR_STOP=1 --file postgresql.sql --dbname cstagw
--
-- Under another schema than public: SET search_path first, and give the gateway's role the same one with
-- ALTER ROLE cstagw_gateway SET search_path = ...

BEGIN;

-- The directory: who may control what, a row for each line appearance and user. The gateway reads it with
--     SELECT user_uri, dn, partition, device, model, enabled, line_uri FROM line_appearances
-- or with any other query that names its columns like this.

CREATE TABLE IF NOT EXISTS line_appearances (
    user_uri  text    NOT NULL DEFAULT '',      -- sip:alice@example.com; empty: nobody may control it
    dn        text    NOT NULL DEFAULT '',      -- directory number; empty: the user has no line
    partition text    NOT NULL DEFAULT '',      -- where two lines have the same number
    device    text    NOT NULL DEFAULT '',      -- SEP001122334455; empty: the CTIManager knows it
    model     text    NOT NULL DEFAULT '',      -- for people
    enabled   boolean NOT NULL DEFAULT true,
    line_uri  text    NOT NULL DEFAULT '',      -- what the user's client is given for the line
    UNIQUE (user_uri, dn, device, partition),   -- in the order in which it is read
    CONSTRAINT user_or_line CHECK (user_uri <> '' OR dn <> '' OR line_uri <> ''),
    CONSTRAINT user_uri_is_one_address CHECK (user_uri !~ '[[:space:]<>",]'),
    CONSTRAINT dn_can_be_dialled CHECK (dn = '' OR dn ~ '^\\?\+?[0-9A-Da-d*#]{1,40}$'),
    CONSTRAINT device_is_a_name CHECK (device = '' OR device ~ '^[A-Za-z0-9._-]{1,129}$'),
    CONSTRAINT device_has_a_line CHECK (device = '' OR dn <> '' OR line_uri <> '')
);

-- Every gateway loads the directory again when this is notified. A table of your own can have the same trigger.
CREATE OR REPLACE FUNCTION cstagw_notify_directory() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('cstagw_directory', '');
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER cstagw_directory_changed
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON line_appearances
    FOR EACH STATEMENT EXECUTE FUNCTION cstagw_notify_directory();

COMMIT;

BEGIN;

-- The choices: the device that a user has chosen for a line. A gateway that may create tables makes this by
-- itself at its first start. Rows may be changed by hand; every gateway hears of it.

SELECT pg_advisory_xact_lock(1668510817);   -- two at once wait for each other

CREATE TABLE IF NOT EXISTS cstagw_selection (
    user_uri  text        NOT NULL,             -- alice@example.com: lower case, no scheme
    dn        text        NOT NULL,
    partition text        NOT NULL DEFAULT '',
    device    text        NOT NULL,
    chosen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_uri, dn),
    CONSTRAINT user_uri_is_lower_case_without_scheme
        CHECK (user_uri <> '' AND user_uri !~ '[A-Z]' AND user_uri !~ '^sips?:'),
    CONSTRAINT device_is_given CHECK (device <> ''),
    CONSTRAINT chosen_at_is_finite CHECK (isfinite(chosen_at)),
    CONSTRAINT fits_into_a_notification CHECK (
        length(user_uri) <= 512 AND length(dn) <= 64 AND length(partition) <= 128 AND length(device) <= 129
    )
);

CREATE OR REPLACE FUNCTION cstagw_notify_selection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM pg_notify('cstagw_selection', '');   -- gateways read everything again
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.user_uri, OLD.dn) <> (NEW.user_uri, NEW.dn)) THEN
        PERFORM pg_notify('cstagw_selection', json_build_object(
            'user_uri', OLD.user_uri, 'dn', OLD.dn, 'partition', OLD.partition, 'device', '',
            'chosen_at', extract(epoch FROM now()))::text);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM pg_notify('cstagw_selection', json_build_object(
            'user_uri', NEW.user_uri, 'dn', NEW.dn, 'partition', NEW.partition, 'device', NEW.device,
            'chosen_at', extract(epoch FROM NEW.chosen_at))::text);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER cstagw_selection_changed
    AFTER INSERT OR UPDATE OR DELETE ON cstagw_selection
    FOR EACH ROW EXECUTE FUNCTION cstagw_notify_selection();

CREATE OR REPLACE TRIGGER cstagw_selection_emptied
    AFTER TRUNCATE ON cstagw_selection
    FOR EACH STATEMENT EXECUTE FUNCTION cstagw_notify_selection();

COMMIT;

-- A role with no more rights than the gateway needs:
--
--     CREATE ROLE cstagw_gateway LOGIN PASSWORD '...' CONNECTION LIMIT 20;   -- three for each gateway, and some
--     GRANT CONNECT ON DATABASE cstagw TO cstagw_gateway;
--     GRANT USAGE ON SCHEMA public TO cstagw_gateway;
--     GRANT SELECT ON line_appearances TO cstagw_gateway;
--     GRANT SELECT, INSERT, UPDATE, DELETE ON cstagw_selection TO cstagw_gateway;
