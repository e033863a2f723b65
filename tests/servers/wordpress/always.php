<?php
// Loaded with every page of the test site: what differs from site to site.
if (getenv('WP_PLAIN')) {
    add_filter('pre_option_permalink_structure', fn() => '');
}
add_theme_support('post-thumbnails');
if (defined('PROOF_HOST')) {
    // It would lead to the name without its port.
    add_action('template_redirect', fn() => remove_action('template_redirect', 'redirect_canonical'), 1);
    foreach (['option_home', 'option_siteurl'] as $name) {
        add_filter($name, fn($url) => preg_replace('#//localhost(?=/|$)#', '//' . PROOF_HOST, $url));
    }
}
