<?php
// Makes the tables of one site: php install.php
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = 'localhost';
require __DIR__ . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Bakkerij De Korenaar', 'noor', 'noor@example.org', true, '', 'a password for tests');
update_option('timezone_string', 'Europe/Amsterdam');
update_option('comment_whitelist', 0);
update_option('comment_previously_approved', 0);
foreach (['siteurl', 'home'] as $name) {
    update_option($name, 'http://localhost');
}
switch_theme('proof');
update_option('permalink_structure', '/%postname%/');
if (getenv('WP_NETWORK')) {
    require_once ABSPATH . 'wp-admin/includes/network.php';
    global $wpdb;
    foreach ($wpdb->tables('ms_global') as $table => $name) {
        $wpdb->$table = $name;
    }
    install_network();
    $done = populate_network(1, 'localhost', 'noor@example.org', 'De Korenaar', '/', false);
    if (is_wp_error($done) && $done->get_error_code() !== 'no_wildcard_dns') {
        fwrite(STDERR, $done->get_error_message());
        exit(1);
    }
}
