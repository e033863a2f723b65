<?php
// Adds a second site to a network: php network.php
$_SERVER['HTTP_HOST'] = 'localhost';
require __DIR__ . '/wp-load.php';
$made = wp_insert_site(['domain' => 'localhost', 'path' => '/winkel/', 'title' => 'De winkel', 'user_id' => 1]);
if (is_wp_error($made)) {
    fwrite(STDERR, $made->get_error_message());
    exit(1);
}
switch_to_blog($made);
switch_theme('proof');
update_option('permalink_structure', '/%postname%/');
