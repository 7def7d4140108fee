//! An example of every body that an operation takes or gives, put together from the examples of its members.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{Content, OpenApi, RefOr};

use super::openapi::operations;
use super::problem::ProblemBody;

/// Which way a body goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// To the service: what may be left out is, unless it has an example.
    In,
    /// To the client: whole.
    Out,
}

/// Adds an example to each body without one.
pub(super) fn add(api: &mut OpenApi) {
    // Schemas of text and numbers always serialise.
    let components = serde_json::to_value(&api.components).unwrap_or_default();
    for (path, item) in &mut api.paths.paths {
        for operation in operations(item) {
            if let Some(RefOr::T(body)) = &mut operation.request_body {
                body.content.values_mut().for_each(|content| fill(content, &components, Way::In));
            }
            for (status, response) in &mut operation.responses.responses {
                let RefOr::T(response) = response else { continue };
                for content in response.content.values_mut() {
                    fill(content, &components, Way::Out);
                    as_problem(content, status, path);
                }
            }
        }
    }
}

fn fill(content: &mut RefOr<Content>, components: &Value, way: Way) {
    let RefOr::T(content) = content else { return };
    if content.example.is_none() && content.examples.is_empty() {
        let schema = serde_json::to_value(&content.schema).unwrap_or_default();
        content.example = Some(sample(&schema, components, way));
    }
}

/// Makes the example of a problem one of this status.
fn as_problem(content: &mut RefOr<Content>, status: &str, path: &str) {
    let RefOr::T(content) = content else { return };
    let reference = format!("#/components/schemas/{}", ProblemBody::name());
    let is_problem = matches!(&content.schema, Some(RefOr::Ref(to)) if to.ref_location == reference);
    let Some((code, title, detail)) = problem_of(status).filter(|_| is_problem) else { return };
    let errors = match status {
        "422" => json!([{ "pointer": "/name", "code": code, "detail": detail }]),
        _ => json!([]),
    };
    content.example = Some(json!({
        "type": format!("urn:shopctl:problem:{code}"),
        "title": title,
        "status": status.parse::<u16>().unwrap_or_default(),
        "detail": detail,
        "instance": path.replace("{id}", "MUG-BLUE"),
        "code": code,
        "request_id": "0af7651916cd43dd8448eb211c80319c",
        "errors": errors,
    }));
}

/// A problem with this status: code, title and detail.
fn problem_of(status: &str) -> Option<(&'static str, &'static str, &'static str)> {
    Some(match status {
        "400" => ("invalid_json", "Bad Request", "the body is not JSON: expected value at line 1 column 9"),
        "401" => ("token_missing", "Unauthorized", "sign in and send the access token"),
        "403" => ("staff_only", "Forbidden", "only staff may do this"),
        "404" => ("product_not_found", "Not Found", "product \"MUG-BLUE\" does not exist"),
        "408" => ("body_timeout", "Request Timeout", "the body did not arrive in time"),
        "409" => ("sku_taken", "Conflict", "a product with SKU \"MUG-BLUE\" exists already"),
        "412" => ("stale_version", "Precondition Failed", "it was changed meanwhile: it is at version 4"),
        "413" => ("body_too_large", "Payload Too Large", "the body is larger than 1048576 bytes"),
        "415" => {
            ("unsupported_media_type", "Unsupported Media Type", "the body must be sent as application/json")
        }
        "422" => ("invalid_name", "Unprocessable Entity", "name is empty"),
        "429" => ("too_many_requests", "Too Many Requests", "too many at once; come again later"),
        "500" => ("internal", "Internal Server Error", "something went wrong inside the service"),
        "503" => ("store_unavailable", "Service Unavailable", "the database does not answer"),
        "504" => ("request_timeout", "Gateway Timeout", "the request took too long; it may still be done"),
        _ => return None,
    })
}

/// A value that a schema describes.
fn sample(schema: &Value, components: &Value, way: Way) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return sample(&components["schemas"][name], components, way);
    }
    if let Some(given) = [&schema["example"], &schema["const"], &schema["enum"][0], &schema["default"]]
        .into_iter()
        .find(|value| !value.is_null())
    {
        return given.clone();
    }
    if let Some(one) = ["oneOf", "anyOf"].into_iter().find_map(|word| first_with_value(&schema[word])) {
        return sample(one, components, way);
    }
    match type_of(schema) {
        "object" => object(schema, components, way),
        "array" => json!([sample(&schema["items"], components, way)]),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "boolean" => json!(true),
        _ => match schema["format"].as_str() {
            Some("date-time") => json!("2026-01-31T09:30:00.000Z"),
            Some("password") => json!("correct horse battery"),
            _ => json!("text"),
        },
    }
}

fn object(schema: &Value, components: &Value, way: Way) -> Value {
    let required = |name: &str| {
        schema["required"].as_array().into_iter().flatten().any(|required| required.as_str() == Some(name))
    };
    let mut members = Map::new();
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        if nullable(member) && member.get("example").is_none() {
            if way == Way::Out {
                members.insert(name.clone(), Value::Null);
            }
        } else if way == Way::Out || required(name) || member.get("example").is_some() {
            members.insert(name.clone(), sample(member, components, way));
        }
    }
    Value::Object(members)
}

fn type_of(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(types) => {
            types.iter().filter_map(Value::as_str).find(|name| *name != "null").unwrap_or_default()
        }
        name => name.as_str().unwrap_or_default(),
    }
}

fn nullable(schema: &Value) -> bool {
    let null = |value: &Value| value.as_str() == Some("null");
    let in_type = schema["type"].as_array().is_some_and(|types| types.iter().any(null));
    in_type || schema["oneOf"].as_array().into_iter().flatten().any(|one| null(&one["type"]))
}

fn first_with_value(choices: &Value) -> Option<&Value> {
    choices.as_array()?.iter().find(|choice| choice["type"].as_str() != Some("null"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::options::Service;

    #[test]
    fn every_body_has_an_example() {
        for service in Service::ALL {
            let api: Value = serde_json::from_str(&crate::http::openapi(service)).unwrap();
            for (path, item) in api["paths"].as_object().unwrap() {
                for (method, operation) in item.as_object().unwrap() {
                    let responses = operation["responses"].as_object().unwrap().iter();
                    let bodies = responses.map(|(status, response)| (status.as_str(), response));
                    for (which, body) in bodies.chain([("the request", &operation["requestBody"])]) {
                        for (kind, content) in body["content"].as_object().into_iter().flatten() {
                            assert!(!content["example"].is_null(), "{method} {path}: {which} as {kind}");
                        }
                    }
                }
            }
        }
    }
}
