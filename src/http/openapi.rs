//! The OpenAPI 3.1 documents, made from the same routes that serve.

use utoipa::openapi::info::{InfoBuilder, LicenseBuilder};
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, ContentBuilder, OpenApi, OpenApiBuilder, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::options::Service;
use super::problem::{FieldProblem, ProblemBody};
use super::query::DRY_RUN;
use super::{examples, health, inventory, links, orders, products, users};

/// The OpenAPI 3.1 document of a service: indented JSON in a stable order, ending with a new line.
pub fn openapi(service: Service) -> String {
    // A document of texts and maps always serialises.
    let mut text = document(service).to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// The document, before it is written out.
pub(super) fn document(service: Service) -> OpenApi {
    let routes = match service {
        Service::Users => users::routes().into_openapi(),
        Service::Products => products::routes().into_openapi(),
        Service::Orders => orders::routes().into_openapi(),
        Service::Inventory => inventory::routes().into_openapi(),
    };
    let info = InfoBuilder::new()
        .title(format!("shopctl {service}"))
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(about(service)))
        .license(Some(LicenseBuilder::new().name(env!("CARGO_PKG_LICENSE")).build()));
    let mut api = OpenApiBuilder::new().info(info.build()).build();
    api.merge(routes);
    api.merge(health::routes().into_openapi());
    let components = api.components.get_or_insert_with(Components::new);
    for (name, schema) in [
        (ProblemBody::name(), <ProblemBody<'_> as PartialSchema>::schema()),
        (FieldProblem::name(), FieldProblem::schema()),
    ] {
        components.schemas.insert(name.into_owned(), schema);
    }
    let bearer = Http::builder()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("An access token of `POST /login` of the users service, good for 15 minutes."));
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
    for (path, item) in &mut api.paths.paths {
        let named = path.contains("{id}");
        // Signing in and out changes nothing that could be tried or done twice.
        if !matches!(path.as_str(), "/login" | "/refresh" | "/logout") {
            item.post.iter_mut().for_each(add_idempotency);
            [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete]
                .into_iter()
                .flatten()
                .for_each(add_dry_run);
        }
        for operation in operations(item) {
            add_refusals(operation, named);
            say_what_headers_hold(operation);
        }
    }
    links::add(&mut api);
    examples::add(&mut api);
    api
}

fn about(service: Service) -> &'static str {
    match service {
        Service::Users => "Registering, signing in, and looking after users.",
        Service::Products => "The catalogue: customers see what is on sale, staff everything.",
        Service::Orders => "Orders: customers see their own, staff all.",
        Service::Inventory => "Stock and its movements, for staff.",
    }
}

/// That a request may be sent again.
fn add_idempotency(operation: &mut Operation) {
    let key = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "Do this once: sent again with the same key and body within 24 hours, it is answered as it was, with `Idempotent-Replayed: true`",
        ))
        .schema(Some(String::schema()))
        .build();
    operation.parameters.get_or_insert_default().push(RefOr::T(key));
}

/// That a write may be tried; the answer is then that of the real one, with 200 for 201.
fn add_dry_run(operation: &mut Operation) {
    let dry_run = ParameterBuilder::new()
        .name(DRY_RUN)
        .parameter_in(ParameterIn::Query)
        .description(Some(
            "Make every check, change nothing, and answer as if it were done, with `Dry-Run: true`; what would be created answers 200",
        ))
        .schema(Some(bool::schema()))
        .build();
    operation.parameters.get_or_insert_default().push(RefOr::T(dry_run));
    let responses = &mut operation.responses.responses;
    if let Some(RefOr::T(created)) = responses.get("201") {
        let mut tried = created.clone();
        tried.headers.clear();
        "A dry run: what would be created".clone_into(&mut tried.description);
        responses.entry("200".to_owned()).or_insert(RefOr::T(tried));
    }
}

/// What an entity tag and a key look like, so that whoever makes requests from the document makes good ones.
fn say_what_headers_hold(operation: &mut Operation) {
    const TAGS: &str = r#"^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$"#;
    const KEY: &str = "^[!-~]{1,255}$";
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        let (pattern, example) = match parameter.name.as_str() {
            "If-Match" | "If-None-Match" => (TAGS, "\"v1\""),
            "Idempotency-Key" => (KEY, "7f0c2b34-5a1e-4c59-9d2f-0e6f4f0c8a11"),
            _ => continue,
        };
        let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).examples([example]);
        parameter.schema = Some(RefOr::T(text.build().into()));
    }
}

pub(super) fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
}

/// What every operation of its kind may be refused with, so that no handler has to repeat it.
fn add_refusals(operation: &mut Operation, named: bool) {
    let has = |place: ParameterIn, name: &str| {
        operation.parameters.iter().flatten().any(|parameter| match parameter {
            RefOr::T(parameter) => parameter.parameter_in == place && parameter.name == name,
            RefOr::Ref(_) => false,
        })
    };
    let has_header = |name: &str| has(ParameterIn::Header, name);
    // A list of what belongs to something.
    let named = named || ["product", "user"].iter().any(|name| has(ParameterIn::Query, name));
    let conditional = has_header("If-Match");
    let cached = has_header("If-None-Match");
    let signed_in = operation.security.is_some();
    let body = operation.request_body.is_some();
    let writes = body || conditional;
    let signs_in = operation.tags.iter().flatten().any(|tag| tag == "sign-in") && body;
    let refusals = [
        (true, "400", "Broken JSON, query string or header"),
        (signed_in || signs_in, "401", "Not signed in, or not with a good token or password"),
        (signed_in, "403", "Not with this role"),
        (named || (body && signed_in), "404", "What was named does not exist"),
        (writes, "409", "The state of things does not allow it"),
        (body, "408", "The body did not arrive in time"),
        (conditional, "412", "It is not at this version any more"),
        (body, "413", "The body is too large"),
        (body, "415", "The body is not `application/json`"),
        (true, "422", "A value breaks a rule; `errors` says which"),
        (signs_in || body, "429", "Too many sign-ins at once"),
        (true, "500", "A bug"),
        (true, "503", "Overloaded, or the database is away; come again after `Retry-After` seconds"),
        (true, "504", "It took too long; it may still be done"),
    ];
    let responses = &mut operation.responses.responses;
    if cached {
        let response = ResponseBuilder::new().description("It is what the client has already").build();
        responses.entry("304".to_owned()).or_insert(RefOr::T(response));
    }
    for (_, status, description) in refusals.into_iter().filter(|(applies, ..)| *applies) {
        let schema = Ref::from_schema_name(ProblemBody::name());
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new()
            .description(description)
            .content("application/problem+json", content)
            .build();
        responses.entry(status.to_owned()).or_insert(RefOr::T(response));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn parsed(service: Service) -> Value {
        serde_json::from_str(&openapi(service)).unwrap()
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
            match value {
                Value::Object(members) => {
                    found.extend(members.get("$ref").and_then(Value::as_str));
                    members.values().for_each(|value| references(value, found));
                }
                Value::Array(items) => items.iter().for_each(|value| references(value, found)),
                _ => {}
            }
        }
        for service in Service::ALL {
            let api = parsed(service);
            assert_eq!(api["openapi"], "3.1.0");
            assert_eq!(api["info"]["license"]["name"], "MIT OR Apache-2.0");
            let mut found = Vec::new();
            references(&api, &mut found);
            assert!(!found.is_empty());
            for reference in found {
                let at = reference.strip_prefix('#').unwrap();
                assert!(api.pointer(at).is_some(), "{service}: {reference} leads nowhere");
            }
        }
    }

    #[test]
    fn every_operation_has_a_summary_a_name_of_its_own_and_described_responses() {
        for service in Service::ALL {
            let api = parsed(service);
            let mut names = Vec::new();
            for (path, item) in api["paths"].as_object().unwrap() {
                for (method, operation) in item.as_object().unwrap() {
                    let at = format!("{method} {path}");
                    assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{at}");
                    names.push(operation["operationId"].as_str().unwrap().to_owned());
                    for (status, response) in operation["responses"].as_object().unwrap() {
                        let description = response["description"].as_str().unwrap();
                        assert!(!description.is_empty(), "{at} {status}");
                    }
                }
            }
            let all = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), all, "{names:?}");
        }
    }

    #[test]
    fn the_same_document_each_time() {
        for service in Service::ALL {
            assert_eq!(openapi(service), openapi(service));
            assert!(openapi(service).ends_with("}\n"));
        }
    }
}
