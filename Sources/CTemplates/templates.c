#include "CTemplates.h"

// #embed is C23; clang has it in every mode and says so in a warning, which is the only thing C23 mode would change.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char breach_notice_de_html[] = {
#embed "../../Templates/breach-notice/de.html.mustache"
};
static const unsigned char breach_notice_de_subject[] = {
#embed "../../Templates/breach-notice/de.subject.mustache"
};
static const unsigned char breach_notice_de_txt[] = {
#embed "../../Templates/breach-notice/de.txt.mustache"
};
static const unsigned char breach_notice_en_html[] = {
#embed "../../Templates/breach-notice/en.html.mustache"
};
static const unsigned char breach_notice_en_subject[] = {
#embed "../../Templates/breach-notice/en.subject.mustache"
};
static const unsigned char breach_notice_en_txt[] = {
#embed "../../Templates/breach-notice/en.txt.mustache"
};
static const unsigned char call_script_de_html[] = {
#embed "../../Templates/call-script/de.html.mustache"
};
static const unsigned char call_script_de_txt[] = {
#embed "../../Templates/call-script/de.txt.mustache"
};
static const unsigned char call_script_en_html[] = {
#embed "../../Templates/call-script/en.html.mustache"
};
static const unsigned char call_script_en_txt[] = {
#embed "../../Templates/call-script/en.txt.mustache"
};
static const unsigned char init_campaign_yaml[] = {
#embed "../../Templates/init/campaign.yaml"
};
static const unsigned char init_customers_csv[] = {
#embed "../../Templates/init/customers.csv"
};
static const unsigned char password_change_de_html[] = {
#embed "../../Templates/password-change/de.html.mustache"
};
static const unsigned char password_change_de_subject[] = {
#embed "../../Templates/password-change/de.subject.mustache"
};
static const unsigned char password_change_de_txt[] = {
#embed "../../Templates/password-change/de.txt.mustache"
};
static const unsigned char password_change_en_html[] = {
#embed "../../Templates/password-change/en.html.mustache"
};
static const unsigned char password_change_en_subject[] = {
#embed "../../Templates/password-change/en.subject.mustache"
};
static const unsigned char password_change_en_txt[] = {
#embed "../../Templates/password-change/en.txt.mustache"
};
static const unsigned char reminder_de_html[] = {
#embed "../../Templates/reminder/de.html.mustache"
};
static const unsigned char reminder_de_subject[] = {
#embed "../../Templates/reminder/de.subject.mustache"
};
static const unsigned char reminder_de_txt[] = {
#embed "../../Templates/reminder/de.txt.mustache"
};
static const unsigned char reminder_en_html[] = {
#embed "../../Templates/reminder/en.html.mustache"
};
static const unsigned char reminder_en_subject[] = {
#embed "../../Templates/reminder/en.subject.mustache"
};
static const unsigned char reminder_en_txt[] = {
#embed "../../Templates/reminder/en.txt.mustache"
};

// In the order of the paths.
static const bundled_file files[] = {
    {"breach-notice/de.html.mustache", breach_notice_de_html, sizeof breach_notice_de_html},
    {"breach-notice/de.subject.mustache", breach_notice_de_subject, sizeof breach_notice_de_subject},
    {"breach-notice/de.txt.mustache", breach_notice_de_txt, sizeof breach_notice_de_txt},
    {"breach-notice/en.html.mustache", breach_notice_en_html, sizeof breach_notice_en_html},
    {"breach-notice/en.subject.mustache", breach_notice_en_subject, sizeof breach_notice_en_subject},
    {"breach-notice/en.txt.mustache", breach_notice_en_txt, sizeof breach_notice_en_txt},
    {"call-script/de.html.mustache", call_script_de_html, sizeof call_script_de_html},
    {"call-script/de.txt.mustache", call_script_de_txt, sizeof call_script_de_txt},
    {"call-script/en.html.mustache", call_script_en_html, sizeof call_script_en_html},
    {"call-script/en.txt.mustache", call_script_en_txt, sizeof call_script_en_txt},
    {"init/campaign.yaml", init_campaign_yaml, sizeof init_campaign_yaml},
    {"init/customers.csv", init_customers_csv, sizeof init_customers_csv},
    {"password-change/de.html.mustache", password_change_de_html, sizeof password_change_de_html},
    {"password-change/de.subject.mustache", password_change_de_subject, sizeof password_change_de_subject},
    {"password-change/de.txt.mustache", password_change_de_txt, sizeof password_change_de_txt},
    {"password-change/en.html.mustache", password_change_en_html, sizeof password_change_en_html},
    {"password-change/en.subject.mustache", password_change_en_subject, sizeof password_change_en_subject},
    {"password-change/en.txt.mustache", password_change_en_txt, sizeof password_change_en_txt},
    {"reminder/de.html.mustache", reminder_de_html, sizeof reminder_de_html},
    {"reminder/de.subject.mustache", reminder_de_subject, sizeof reminder_de_subject},
    {"reminder/de.txt.mustache", reminder_de_txt, sizeof reminder_de_txt},
    {"reminder/en.html.mustache", reminder_en_html, sizeof reminder_en_html},
    {"reminder/en.subject.mustache", reminder_en_subject, sizeof reminder_en_subject},
    {"reminder/en.txt.mustache", reminder_en_txt, sizeof reminder_en_txt},
};

size_t bundled_file_count(void) { return sizeof files / sizeof files[0]; }

bundled_file bundled_file_at(size_t index) { return files[index]; }
