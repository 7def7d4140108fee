//! Which services, and where each listens.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::http::Service;

/// Services as named (`all` is every one), each with its address.
///
/// # Errors
/// Exit 2 for what names no address, or one address for several services; 7 where a host name is not known.
pub(super) fn addresses(names: &[String], listen: &[String]) -> Result<Vec<(Service, SocketAddr)>, Failure> {
    let mut services = Vec::new();
    for name in names {
        match name.as_str() {
            "all" => services.extend(Service::ALL),
            name => services.push(name.parse()?),
        }
    }
    let mut places: Vec<(Service, SocketAddr)> = Vec::with_capacity(services.len());
    for service in services {
        if !places.iter().any(|(seen, _)| *seen == service) {
            places.push((service, SocketAddr::new(Ipv4Addr::LOCALHOST.into(), service.default_port())));
        }
    }
    for text in listen {
        place(text, &mut places)?;
    }
    Ok(places)
}

/// Applies one `--listen`.
fn place(text: &str, places: &mut [(Service, SocketAddr)]) -> Result<(), Failure> {
    if let Some((name, address)) = text.split_once('=') {
        let service: Service = name.parse().map_err(|_| refused(text))?;
        let Some((_, at)) = places.iter_mut().find(|(served, _)| *served == service) else {
            return Err(Failure::usage(format!(
                "--listen {text:?}: {service} is not among the services to serve"
            )));
        };
        *at = resolve(address, service)?;
        return Ok(());
    }
    if host_only(text).is_none() && !text.ends_with(":0") && places.len() > 1 {
        return Err(Failure::usage(format!(
            "--listen {text:?} is one address for {} services",
            places.len()
        ))
        .hint("write SERVICE=HOST:PORT for each, or HOST alone for the usual ports"));
    }
    for (service, at) in places {
        *at = resolve(text, *service)?;
    }
    Ok(())
}

/// An IP address without a port.
fn host_only(text: &str) -> Option<IpAddr> {
    text.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn resolve(text: &str, service: Service) -> Result<SocketAddr, Failure> {
    if let Some(host) = host_only(text) {
        return Ok(SocketAddr::new(host, service.default_port()));
    }
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    if !text.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok()) {
        return Err(refused(text));
    }
    let found = text.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    found.ok_or_else(|| {
        Failure::new(Exit::Unavailable, "unknown_host", format!("{text:?} is not a known host"))
    })
}

fn refused(text: &str) -> Failure {
    Failure::usage(format!("{text:?} is not an address to listen on"))
        .hint("write 127.0.0.1:8080, 0.0.0.0 or products=127.0.0.1:8080")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str], listen: &[&str]) -> Result<Vec<String>, Failure> {
        let owned = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        let places = addresses(&owned(names), &owned(listen))?;
        Ok(places.into_iter().map(|(service, at)| format!("{service}={at}")).collect())
    }

    #[test]
    fn services_have_their_own_ports_on_loopback() {
        let all = [
            "users=127.0.0.1:5001",
            "products=127.0.0.1:5002",
            "orders=127.0.0.1:5003",
            "inventory=127.0.0.1:5004",
        ];
        assert_eq!(of(&["all", "users"], &[]).unwrap(), all);
    }

    #[test]
    fn an_address_is_for_one_service_or_a_host_for_all() {
        assert_eq!(of(&["users"], &["0.0.0.0:80"]).unwrap(), ["users=0.0.0.0:80"]);
        assert_eq!(
            of(&["users", "orders"], &["0.0.0.0"]).unwrap(),
            ["users=0.0.0.0:5001", "orders=0.0.0.0:5003"]
        );
        assert_eq!(of(&["users"], &["::1"]).unwrap(), ["users=[::1]:5001"]);
        assert_eq!(
            of(&["users", "orders"], &["orders=[::1]:9"]).unwrap(),
            ["users=127.0.0.1:5001", "orders=[::1]:9"]
        );
        assert_eq!(of(&["all"], &["127.0.0.1:0"]).unwrap()[3], "inventory=127.0.0.1:0");
    }

    #[test]
    fn refuses_what_is_no_address() {
        for (names, listen) in [
            (["users", "orders"], "0.0.0.0:80"),
            (["users", "users"], "nowhere"),
            (["users", "users"], "orders=127.0.0.1:1"),
            (["users", "users"], "x=127.0.0.1:1"),
            (["users", "users"], ":80"),
        ] {
            assert_eq!(of(&names, &[listen]).unwrap_err().exit(), Exit::Usage, "{listen}");
        }
    }
}
