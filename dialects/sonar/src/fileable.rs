//! The types of owners by the names that they have on the wire.

use attache_model::owner::OWNERS;

/// The names, in the order of [`OWNERS`].
const NAMES: [&str; OWNERS.len()] = [
    "Account",
    "AchBatch",
    "Address",
    "CallDetailRecordImport",
    "CallLog",
    "Company",
    "DepositSlip",
    "EmailMessageContent",
    "FccForm477Report",
    "HandwrittenSignature",
    "InventoryItem",
    "InventoryModel",
    "InvoiceAttachment",
    "Job",
    "MassEmail",
    "NetworkSite",
    "PrintedInvoiceBatch",
    "PurchaseOrder",
    "SystemBackup",
    "Ticket",
    "TicketComment",
    "TicketReply",
    "TowercoverageSubmission",
    "Vendor",
    "VoiceProviderRateImport",
];

/// A former name, taken where one is given, and what it is called now.
const FORMER: (&str, &str) = ("CallDataRecordImport", "CallDetailRecordImport");

/// The type of owner that a name on the wire means, such as `ticket_reply` for `TicketReply`; `None` for another name.
pub(crate) fn kind(name: &str) -> Option<&'static str> {
    let name = if name == FORMER.0 { FORMER.1 } else { name };
    NAMES.iter().zip(OWNERS).find(|(known, _)| **known == name).map(|(_, kind)| kind)
}

/// The name of a type of owner on the wire, such as `TicketReply` for `ticket_reply`; `None` for another type.
pub(crate) fn name(kind: &str) -> Option<&'static str> {
    OWNERS.iter().zip(NAMES).find(|(known, _)| **known == kind).map(|(_, name)| name)
}

/// Why a name is none.
pub(crate) fn unknown(name: &str) -> String {
    format!("'{}' is no type of owner; known are {}", name.escape_debug(), NAMES.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_has_one_name_and_leads_back_to_it() {
        for owner in OWNERS {
            let name = name(owner).unwrap();
            assert_eq!(kind(name), Some(owner));
            assert_eq!(snake(name), owner);
        }
    }

    #[test]
    fn a_former_name_is_understood_and_not_shown() {
        assert_eq!(kind("CallDataRecordImport"), Some("call_detail_record_import"));
        assert!(OWNERS.iter().all(|kind| name(kind) != Some("CallDataRecordImport")));
    }

    #[test]
    fn other_types_and_other_spellings_are_none() {
        for unknown in ["Contact", "account", "ticket_reply", "", "User"] {
            assert_eq!(kind(unknown), None, "{unknown}");
        }
        assert_eq!(name("contact"), None);
    }

    #[test]
    fn the_schema_has_the_same_names() {
        let schema = include_str!("../schema.graphql");
        let (_, rest) = schema.split_once("enum FileableType {").unwrap();
        let listed: Vec<&str> = rest.split_once('}').unwrap().0.split_whitespace().collect();
        let mut known: Vec<&str> = NAMES.into_iter().chain([FORMER.0]).collect();
        known.sort_unstable();
        assert_eq!(listed, known);
    }

    /// `TicketReply` as `ticket_reply`; a number is a word too.
    fn snake(name: &str) -> String {
        let mut text = String::new();
        let mut before = '_';
        for c in name.chars() {
            let begins = c.is_uppercase() || c.is_ascii_digit() && !before.is_ascii_digit();
            if begins && !text.is_empty() {
                text.push('_');
            }
            text.extend(c.to_lowercase());
            before = c;
        }
        text
    }
}
