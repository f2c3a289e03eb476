package flows

import (
	"context"
	"encoding/json"

	"authctl/internal/endpoint"
	"authctl/internal/profile"
)

// object is params as a request object (RFC 9101). Nothing stays outside of it but
// client_id (5): what is not signed must not count.
func (d Deps) object(ctx context.Context, p *profile.Profile, params []endpoint.Param) ([]endpoint.Param, error) {
	claims := make(map[string]any, len(params))
	for _, param := range params {
		value := param.Value
		// Numbers and objects are what they are (RFC 9101 4, OpenID Connect Core 6.1).
		if text, ok := value.(string); ok && (param.Name == "max_age" || param.Name == "claims") && json.Valid([]byte(text)) {
			value = json.RawMessage(text)
		}
		switch first := claims[param.Name].(type) {
		case nil:
			claims[param.Name] = value
		case []any:
			claims[param.Name] = append(first, value)
		default: // audience and resource may repeat (RFC 8707 2.1)
			claims[param.Name] = []any{first, value}
		}
	}
	signed, err := d.Sign(ctx, p, claims)
	return []endpoint.Param{
		{Name: "client_id", Value: p.Client.ID}, {Name: "request", Value: signed.Reveal(), Secret: true},
	}, err
}
