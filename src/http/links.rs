//! What can be done next with what an operation answers, as links of the `OpenAPI` document: who has created a thing can look at it,
//! change it and remove it; who has signed in can go on and sign out.

use utoipa::openapi::link::Link;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, RefOr};

use super::openapi::operations;

/// Adds the links.
pub(super) fn add(api: &mut OpenApi) {
    let creations: Vec<String> = api.paths.paths.keys().filter(|path| !path.contains('{')).cloned().collect();
    for path in creations {
        let named = format!("{path}/{{id}}");
        let of_one: Vec<String> = api
            .paths
            .paths
            .iter_mut()
            .filter(|(other, _)| **other == named || other.starts_with(&format!("{named}/")))
            .flat_map(|(_, item)| operations(item))
            .filter_map(|operation| operation.operation_id.clone())
            .collect();
        let key = if path == "/inventory" { "product_id" } else { "id" };
        for name in of_one {
            let link = Link::builder()
                .operation_id(name.clone())
                .parameter("id", format!("$response.body#/{key}"))
                .description("With what was created");
            attach(api, &path, "201", name, link.build());
        }
    }
    for name in ["refresh", "logout"] {
        let body = serde_json::json!({ "refresh_token": "$response.body#/refresh_token" });
        let link = Link::builder()
            .operation_id(name)
            .request_body(Some(body))
            .description("With the refresh token of this session");
        attach(api, "/login", "200", name.to_owned(), link.build());
    }
}

/// Adds a link to an answer of the `POST` of a path, where there is such an answer.
fn attach(api: &mut OpenApi, path: &str, status: &str, name: String, link: Link) {
    let post: Option<&mut Operation> = api.paths.paths.get_mut(path).and_then(|item| item.post.as_mut());
    if let Some(RefOr::T(response)) = post.and_then(|operation| operation.responses.responses.get_mut(status))
    {
        response.links.insert(name, RefOr::T(link));
    }
}
