from route_app.users import tokens


def test_tokens_differ_and_hold_256_bits():
    made = {tokens.fresh() for _ in range(100)}
    assert len(made) == 100
    assert all(len(token) == 43 for token in made)  # 32 bytes in base64


def test_a_digest_does_not_show_its_token():
    token = tokens.fresh()
    assert token not in tokens.digest(token)
    assert len(tokens.digest(token)) == 64


def test_a_keyed_digest_depends_on_secret_and_parts():
    made = {
        tokens.keyed_digest("a", "x", "y"),
        tokens.keyed_digest("b", "x", "y"),
        tokens.keyed_digest("a", "xy", ""),
        tokens.keyed_digest("a", "x", "z"),
    }
    assert len(made) == 4
